import { Anchor, Button, Group, Text, Title } from "@mantine/core";
import { IconCircle, IconCircleCheckFilled, IconFlask } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { nav } from "../../app/nav.ts";
import { sessionQuery, useHere } from "../../app/session.tsx";
import { Trouble } from "../../parts/page.tsx";
import { Countdown } from "../../parts/time.tsx";
import { useProcess } from "../orders/row-button.tsx";
import type { Row } from "../orders/use-order-list.ts";
import { standOf } from "./first-order.ts";
import classes from "./overview.module.css";

/** What a workspace of one's own needs until its first order leaves; gone when all of it is done. The sandbox comes set up. */
export function SetUp() {
  const { workspace, may } = useHere();
  if (workspace.kind !== "own" || !may("set_up.read")) return null;
  return <List />;
}

function List() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const of = workspace.slug;
  const { data: channels } = useQuery({
    queryKey: [of, "channels", "list"],
    queryFn: ({ signal }) => api.get("/v1/channels", { signal }),
  });
  const { data: suppliers } = useQuery({
    queryKey: [of, "suppliers", "list"],
    queryFn: ({ signal }) => api.get("/v1/suppliers", { signal }),
  });
  const { data: links } = useQuery({
    queryKey: [of, "product-links", "any"],
    queryFn: ({ signal }) => api.get("/v1/product-links", { query: { limit: 1 }, signal }),
  });
  const { data: counts } = useQuery({
    queryKey: [of, "orders", "counts"],
    queryFn: ({ signal }) => api.get("/v1/orders/counts", { signal }),
  });
  const { data: shipped } = useQuery({
    queryKey: [of, "shipments", "any"],
    queryFn: ({ signal }) => api.get("/v1/shipments", { query: { limit: 1 }, signal }),
  });
  const { data: first } = useQuery({
    queryKey: [of, "orders", "first"],
    queryFn: ({ signal }) => api.get("/v1/orders", { query: { limit: 1, sort: "oldest" }, signal }),
  });
  // Whoever sits at the machine itself may look at the sandbox; from elsewhere it answers nobody.
  const { data: atSandbox } = useQuery(sessionQuery("sandbox"));
  if (!channels || !suppliers || !links || !counts || !shipped || !first) return null;
  const channel = channels.channels.find(({ active }) => active);
  const supplier = suppliers.suppliers[0];
  const account = supplier?.accounts[0];
  const steps: StepProps[] = [
    {
      title: t("overview.setUp.channel"),
      page: "channels",
      isDone: channel !== undefined,
      said:
        channel === undefined
          ? t("overview.setUp.channelHint")
          : t("overview.setUp.channelDone", { name: channel.name }),
      test:
        channel !== undefined && channel.connections.length > 0 && may("secrets.change") ? (
          <Test
            name={channel.name}
            run={() => api.post("/v1/channels/{id}/test", { path: { id: channel.id }, body: {} })}
          />
        ) : null,
    },
    {
      title: t("overview.setUp.supplier"),
      page: "suppliers",
      isDone: supplier !== undefined,
      said:
        supplier === undefined
          ? t("overview.setUp.supplierHint")
          : t("overview.setUp.supplierDone", { name: supplier.name }),
      test:
        supplier !== undefined && account !== undefined && may("secrets.change") ? (
          <Test
            name={supplier.name}
            run={() => api.post("/v1/accounts/{id}/secrets/test", { path: { id: account.id }, body: {} })}
          />
        ) : null,
    },
    {
      title: t("overview.setUp.links"),
      page: "links",
      isDone: links.product_links.length > 0,
      said: t(links.product_links.length > 0 ? "overview.setUp.linksDone" : "overview.setUp.linksHint"),
    },
    {
      title: t("overview.setUp.order"),
      page: "orders",
      isDone: counts.total > 0,
      said: counts.total > 0 ? t("overview.setUp.orderDone", { count: counts.total }) : t("overview.setUp.orderHint"),
    },
    {
      title: t("overview.setUp.left"),
      page: "orders",
      isDone: shipped.shipments.length > 0,
      said: t(shipped.shipments.length > 0 ? "overview.setUp.leftDone" : "overview.setUp.leftHint"),
      test:
        shipped.shipments.length === 0 && first.orders[0] !== undefined ? <FirstOrder row={first.orders[0]} /> : null,
    },
  ];
  const done = steps.filter(({ isDone }) => isDone).length;
  if (done === steps.length) return null;
  const next = steps.find(({ isDone }) => !isDone);
  const sandbox = atSandbox?.workspace;
  return (
    <section className={classes["setUp"]} aria-label={t("overview.setUp.title")}>
      <Group justify="space-between" mb={8}>
        <Title order={2}>{t("overview.setUp.title")}</Title>
        <span className="dim num">{t("overview.setUp.done", { done, of: steps.length })}</span>
      </Group>
      <ol>
        {steps.map((step) => (
          <Step key={step.title} {...step} isNext={step === next} />
        ))}
      </ol>
      {sandbox?.kind === "sandbox" && (
        <Text size="sm" mt={8} className={classes["sandbox"]!}>
          <IconFlask size={14} aria-hidden />
          <Anchor component={Link} to={`/${sandbox.slug}` as never} size="sm">
            {t("overview.setUp.sandbox")}
          </Anchor>
          <span className="dim">{t("overview.setUp.sandboxHint")}</span>
        </Text>
      )}
    </section>
  );
}

/** Where the first one stands, and what lets it go: without this nothing seems to happen while it waits. */
function FirstOrder({ row }: { row: Row }) {
  const { t } = useTranslation();
  const { workspace, may } = useHere();
  const process = useProcess();
  const stand = standOf(row);
  const { number } = row;
  return (
    <>
      <span role="status" className="dim">
        <Anchor component={Link} to={`/${workspace.slug}/orders/${row.id}` as never} size="sm">
          {number}
        </Anchor>{" "}
        {stand === "buffer" && row.leaves_buffer_at !== null ? (
          <>
            {t("overview.setUp.stand.buffer")}{" "}
            <strong>
              <Countdown until={row.leaves_buffer_at} over={t("orders.leavesNow")} />
            </strong>
            . {t("overview.setUp.bufferHint")}
          </>
        ) : stand === "stopped" ? (
          `${t("overview.setUp.stand.stopped")} ${row.reason?.title ?? ""}`
        ) : (
          t(`overview.setUp.stand.${stand}`)
        )}
      </span>
      {stand === "process" && may("orders.change") && (
        <Button size="compact-sm" loading={process.isPending} onClick={() => process.mutate(row)}>
          {t("orders.processOne", { number })}
        </Button>
      )}
      {process.error !== null && <Trouble error={process.error} />}
    </>
  );
}

interface StepProps {
  title: string;
  /** The page that does it. */
  page: string;
  isDone: boolean;
  /** What it is for, or that it is there. */
  said: string;
  test?: ReactNode;
  isNext?: boolean;
}

function Step({ title, page, isDone, said, test, isNext = false }: StepProps) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const isThere = nav.some(({ to }) => to === page);
  return (
    <li data-done={isDone || undefined}>
      <span className={classes["mark"]}>
        {isDone ? <IconCircleCheckFilled size={18} aria-hidden /> : <IconCircle size={18} aria-hidden />}
        <span className="heard">{t(isDone ? "overview.setUp.isDone" : "overview.setUp.isOpen")}</span>
      </span>
      <div>
        <strong>{title}</strong>
        <span className="dim">{said}</span>
        {test}
      </div>
      {isThere && (
        <Button
          component={Link}
          to={`/${workspace.slug}/${page}` as never}
          size="compact-sm"
          variant={isNext ? "filled" : "default"}
          aria-label={`${t(isNext ? "overview.setUp.add" : "overview.setUp.go")}: ${title}`}
        >
          {t(isNext ? "overview.setUp.add" : "overview.setUp.go")}
        </Button>
      )}
    </li>
  );
}

/** Asks the other side for something harmless, and says what came of it. */
function Test({ name, run }: { name: string; run: () => Promise<{ works: boolean | null; message: string }> }) {
  const { t } = useTranslation();
  const test = useMutation({ mutationFn: run });
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        loading={test.isPending}
        onClick={() => test.mutate()}
        aria-label={t("overview.setUp.testOf", { name })}
      >
        {t("overview.setUp.test")}
      </Button>
      {test.data !== undefined && (
        <span role="status" className={classes["tested"]} data-works={test.data.works ?? undefined}>
          {test.data.works === true ? t("overview.setUp.works") : test.data.message}
        </span>
      )}
      {test.error !== null && <Trouble error={test.error} />}
    </>
  );
}
