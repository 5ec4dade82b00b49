import { Button, FileButton, Group, Modal, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { StateBadge } from "../../parts/badges.tsx";
import { useChannels } from "../../parts/channels.ts";
import { Trouble, Waiting } from "../../parts/page.tsx";
import { useSuppliers } from "../../parts/resolve/set-up.ts";
import classes from "./imports.module.css";
import { RowProblems } from "./row-problems.tsx";

export const kinds = ["orders", "links", "stock", "costs", "tracking"] as const;
export type ImportKind = (typeof kinds)[number];
type Answer = Schemas["ImportedFile"];

interface NewImportProps {
  kind: ImportKind;
  channel: string | undefined;
  onClose: () => void;
}

/** A file is read to its end before anything is stored; what it leaves open is asked, what is wrong with it is shown by line. */
export function NewImport(props: NewImportProps) {
  const { onClose } = props;
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const refresh = useRefresh();
  const { data: channels } = useChannels();
  const suppliers = useSuppliers();
  const [kind, setKind] = useState<ImportKind>(props.kind);
  const [channel, setChannel] = useState<string | null>(props.channel ?? null);
  const [supplier, setSupplier] = useState<string | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [map, setMap] = useState("");
  if (channels === undefined || suppliers === undefined)
    return (
      <Modal opened onClose={onClose} size="lg" title={<Title order={2}>{t("setUp.imports.new")}</Title>}>
        <Waiting lines={4} />
      </Modal>
    );
  const soldBy = channel ?? channels.channels.find((each) => each.kind === "file")?.id ?? channels.channels[0]?.id;
  const boughtFrom = supplier ?? (suppliers.length === 1 ? suppliers[0]!.id : null);
  const isOfSupplier = kind === "links" || kind === "stock" || kind === "costs";
  const query = {
    kind,
    name: file?.name ?? "",
    ...(kind === "orders" && soldBy !== undefined ? { channel: soldBy } : {}),
    ...(isOfSupplier && boughtFrom !== null ? { supplier: boughtFrom } : {}),
    ...(map === "" ? {} : { map }),
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={<Title order={2}>{t("setUp.imports.new")}</Title>}>
      <Stack gap="md">
        <Group grow align="flex-start">
          <Select
            label={t("setUp.imports.kind")}
            data={kinds.map((each) => ({ value: each, label: t(`setUp.imports.kinds.${each}`) }))}
            value={kind}
            allowDeselect={false}
            onChange={(value) => setKind((value as ImportKind | null) ?? kind)}
          />
          {kind === "orders" && channels.channels.length > 0 && (
            <Select
              label={t("setUp.imports.channel")}
              data={channels.channels.map(({ id, name }) => ({ value: id, label: name }))}
              value={soldBy ?? null}
              allowDeselect={false}
              onChange={setChannel}
            />
          )}
          {isOfSupplier && suppliers.length > 0 && (
            <Select
              label={t("setUp.imports.supplier")}
              description={t("setUp.imports.supplierHint")}
              data={suppliers.map(({ id, name }) => ({ value: id, label: name }))}
              value={boughtFrom}
              clearable={suppliers.length > 1}
              onChange={setSupplier}
            />
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {t(`setUp.imports.about.${kind}`)}
        </Text>
        {kind === "orders" && soldBy === undefined ? (
          <Stack gap="sm" align="flex-start">
            <Text size="sm">{t("setUp.imports.noChannel")}</Text>
            <Button component={Link} to={`/${workspace.slug}/channels` as never} search={{ add: true } as never}>
              {t("setUp.channels.add")}
            </Button>
          </Stack>
        ) : (
          <Stack gap="md" align="flex-start">
            <FileButton
              accept=".csv,.txt,.tsv,text/csv,text/plain"
              inputProps={{ "aria-label": t("setUp.imports.choose") }}
              onChange={(chosen) => {
                setMap("");
                setFile(chosen);
              }}
            >
              {(button) => (
                <Button
                  {...button}
                  data-autofocus
                  variant={file === null ? "filled" : "default"}
                  leftSection={<IconUpload size={14} />}
                >
                  {file === null ? t("setUp.imports.choose") : t("setUp.imports.another")}
                </Button>
              )}
            </FileButton>
            {file !== null && (
              <Reading
                key={`${file.name} ${file.lastModified} ${file.size} ${JSON.stringify(query)}`}
                file={file}
                isUsual={map === ""}
                ask={(isDryRun) =>
                  api.post("/v1/imports", {
                    query: { ...query, dry_run: isDryRun ? "true" : "false" },
                    body: new Blob([file], { type: "text/csv" }),
                  })
                }
                onMap={setMap}
                onStored={() => refresh()}
                onClose={onClose}
                kind={kind}
              />
            )}
          </Stack>
        )}
      </Stack>
    </Modal>
  );
}

interface ReadingProps {
  file: File;
  kind: ImportKind;
  isUsual: boolean;
  ask: (isDryRun: boolean) => Promise<Answer>;
  onMap: (map: string) => void;
  onStored: () => Promise<unknown>;
  onClose: () => void;
}

function Reading({ file, kind, isUsual, ask, onMap, onStored, onClose }: ReadingProps) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const [typed, setTyped] = useState("");
  const dry = useMutation({ mutationFn: () => ask(true) });
  const store = useMutation({ mutationFn: () => ask(false), onSuccess: onStored });
  // Asked once, as soon as it is chosen.
  const [isBegun, setBegun] = useState(false);
  if (!isBegun) {
    setBegun(true);
    queueMicrotask(() => dry.mutate());
  }
  if (store.data !== undefined)
    return (
      <Stack gap="sm" w="100%" role="status">
        <Title order={3}>{t("setUp.imports.result")}</Title>
        <Counts answer={store.data} />
        {store.data.problems.length > 0 && <RowProblems problems={store.data.problems} />}
        <Group gap="sm">
          {kind === "orders" && <ToUnlinked />}
          {kind === "orders" && (
            <Button variant="default" component={Link} to={`/${workspace.slug}/orders` as never}>
              {t("setUp.imports.toOrders")}
            </Button>
          )}
          <Button variant={kind === "orders" ? "default" : "filled"} onClick={onClose}>
            {t("shell.close")}
          </Button>
        </Group>
      </Stack>
    );
  if (dry.error !== null) return <Trouble error={dry.error} onRetry={() => dry.mutate()} />;
  if (dry.data === undefined)
    return (
      <Text size="sm" role="status">
        {t("setUp.imports.reading", { name: file.name })}
      </Text>
    );
  const read = dry.data;
  const isOpen = read.open.length > 0;
  return (
    <Stack gap="md" w="100%">
      {isOpen ? (
        <Stack gap="xs" role="alert">
          <Title order={3}>{t("setUp.imports.open")}</Title>
          <RowProblems problems={read.open} />
        </Stack>
      ) : (
        <Counts answer={read} isDry />
      )}
      {read.problems.length > 0 && (
        <Stack gap="xs">
          <Title order={3}>{t("setUp.imports.problems")}</Title>
          <RowProblems problems={read.problems} />
        </Stack>
      )}
      {read.hints.map((hint) => (
        <Text key={hint} size="sm" c="dimmed">
          {hint}
        </Text>
      ))}
      <details className={classes["readAs"]} open={isOpen || !isUsual}>
        <summary>{t("setUp.imports.readAs")}</summary>
        <dl>
          {read.read_as.map(({ part, value, why }, index) => (
            <div key={`${part} ${index}`}>
              <dt>{part}</dt>
              <dd className="mono">{value}</dd>
              <dd className="dim">{why}</dd>
            </div>
          ))}
        </dl>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onMap(typed.trim());
          }}
        >
          <Group gap="sm" align="flex-end" mt="sm">
            <TextInput
              label={t("setUp.imports.map")}
              description={t("setUp.imports.mapHint")}
              flex={1}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button type="submit" variant="default">
              {t("setUp.imports.readSo")}
            </Button>
          </Group>
        </form>
      </details>
      {store.error !== null && <Trouble error={store.error} />}
      {!isOpen && (
        <Group gap="sm">
          <Button
            loading={store.isPending}
            disabled={read.stored + read.set_aside === 0}
            onClick={() => store.mutate()}
          >
            {t("setUp.imports.store", { count: read.stored + read.set_aside })}
          </Button>
          <Button variant="subtle" color="gray" onClick={onClose}>
            {t("setUp.cancel")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** What the orders that just came need next: somebody says what their SKUs are bought as. */
function ToUnlinked() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "product-links", "unlinked"],
    queryFn: ({ signal }) => api.get("/v1/unlinked-skus", { signal }),
    refetchInterval: 2000, // they are looked through a moment after they were stored
  });
  const [first, ...others] = data?.skus ?? [];
  if (first === undefined || !may("set_up.change")) return null;
  return (
    <Button
      component={Link}
      to={`/${workspace.slug}/links` as never}
      search={{ tab: "unlinked", ...(others.length === 0 && { sku: first.sku }) } as never}
    >
      {others.length === 0
        ? t("setUp.links.linkSku", { sku: first.sku })
        : t("setUp.imports.linkMany", { count: others.length + 1 })}
    </Button>
  );
}

function Counts({ answer, isDry = false }: { answer: Answer; isDry?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={classes["counts"]}>
      <StateBadge tone={answer.stored > 0 ? "green" : "grey"}>
        {isDry
          ? t("setUp.imports.would", { count: answer.stored })
          : t("setUp.imports.resultRows", { stored: answer.stored, rows: answer.rows })}
      </StateBadge>
      {answer.refused > 0 && (
        <StateBadge tone="red">{t("setUp.imports.wouldRefuse", { count: answer.refused })}</StateBadge>
      )}
      {answer.set_aside > 0 && (
        <StateBadge tone="amber">{t("setUp.imports.wouldAside", { count: answer.set_aside })}</StateBadge>
      )}
      {Object.entries(answer.summary).map(([name, count]) => (
        <StateBadge key={name} tone="grey">
          {t(`setUp.imports.summary.${name as "orders"}`, name.replaceAll("_", " "))}: {count}
        </StateBadge>
      ))}
    </div>
  );
}
