import { Button, Group, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronDown } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { later } from "../../parts/later.tsx";
import type { OrderColumn } from "./chosen-columns.ts";
import type { OrderSort } from "./orders-search.ts";
import type { View } from "./use-views.ts";

const NameView = later(async () => (await import("./view-dialogs.tsx")).NameView);
const ViewTrouble = later(async () => (await import("./view-dialogs.tsx")).ViewTrouble);

interface ViewMenuProps {
  view: View;
  words: string;
  sort: OrderSort;
  columns: OrderColumn[];
  isChanged: boolean;
  /** Shows this tab as it is saved. */
  onShow: (id: string | undefined) => void;
}

/** What is done with the view that is open: kept as it is now, under another name, for everybody, or not at all. */
export function ViewMenu({ view, words, sort, columns, isChanged, onShow }: ViewMenuProps) {
  const { t } = useTranslation();
  const { api, may } = useHere();
  const refresh = useRefresh();
  const [naming, setNaming] = useState<"new" | "rename" | null>(null);
  const change = useMutation({
    mutationFn: (body: Schemas["ViewChange"]) =>
      api.put("/v1/views/{id}", { path: { id: view.id }, body, ifMatch: view.version }),
    onSuccess: async () => {
      await refresh("orders");
      onShow(view.id);
    },
  });
  const create = useMutation({
    mutationFn: (body: Schemas["NewView"]) => api.post("/v1/views", { body }),
    onSuccess: async ({ id }) => {
      await refresh("orders");
      onShow(id);
    },
  });
  const remove = useMutation({
    mutationFn: () => api.delete("/v1/views/{id}", { path: { id: view.id } }),
    onSuccess: async () => {
      onShow(undefined);
      offerBack();
      await refresh("orders");
    },
  });
  function offerBack(): void {
    const { name, words: its, sort: by, columns: shown, shared, position } = view;
    const id = notifications.show({
      message: (
        <Group justify="space-between" wrap="nowrap">
          <span>{t("orders.view.deleted", { name })}</span>
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => {
              notifications.hide(id);
              create.mutate({ name, words: its, sort: by, columns: shown, shared, position });
            }}
          >
            {t("orders.view.undo")}
          </Button>
        </Group>
      ),
    });
  }
  const isOwn = !view.locked && (!view.shared || may("orders.change"));
  const problem = change.error ?? create.error ?? remove.error;
  return (
    <>
      {isChanged && (
        <Button variant="subtle" color="gray" onClick={() => onShow(view.id)}>
          {t("orders.view.reset")}
        </Button>
      )}
      {isChanged && (
        <Button
          variant="default"
          loading={change.isPending}
          onClick={() => (isOwn ? change.mutate({ words, sort, columns }) : setNaming("new"))}
        >
          {isOwn ? t("orders.view.save") : t("orders.view.saveAs")}
        </Button>
      )}
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} />}>
            {t("orders.view.menu")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {view.locked && <Menu.Label>{t("orders.view.locked")}</Menu.Label>}
          <Menu.Item onClick={() => setNaming("new")}>{t("orders.view.saveAs")}</Menu.Item>
          <Menu.Item disabled={!isOwn} onClick={() => setNaming("rename")}>
            {t("orders.view.rename")}
          </Menu.Item>
          <Menu.Item
            disabled={view.locked || !may("orders.change")}
            onClick={() => change.mutate({ shared: !view.shared })}
          >
            {view.shared && !view.locked ? t("orders.view.unshare") : t("orders.view.share")}
          </Menu.Item>
          <Menu.Item disabled={!isOwn} color="red" onClick={() => remove.mutate()}>
            {t("orders.view.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {naming === null && problem !== null && (
        <ViewTrouble
          title={view.name}
          error={problem}
          onClose={() => [change, create, remove].forEach((each) => each.reset())}
        />
      )}
      {naming !== null && (
        <NameView
          title={naming === "new" ? t("orders.view.saveAs") : t("orders.view.rename")}
          name={naming === "new" ? "" : view.name}
          maySay={naming === "new" && may("orders.change")}
          isPending={create.isPending || change.isPending}
          error={problem}
          onClose={() => setNaming(null)}
          onName={(name, shared) => {
            const done = { onSuccess: () => setNaming(null) };
            if (naming === "new") create.mutate({ name, words, sort, columns, shared }, done);
            else change.mutate({ name }, done);
          }}
        />
      )}
    </>
  );
}
