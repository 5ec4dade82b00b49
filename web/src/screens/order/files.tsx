import { ActionIcon, Anchor, Button, FileButton, Group, Text } from "@mantine/core";
import { IconPaperclip, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { Section, Trouble } from "../../parts/page.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import { saveFile } from "../../parts/save-file.ts";
import { Ago } from "../../parts/time.tsx";
import classes from "./order.module.css";

const size = new Intl.NumberFormat(navigator.language, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });

/** Files that lie with the order: a supplier's invoice, a photo of the damage. */
export function Files({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const refresh = useRefresh();
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "orders", "attachments", order.id],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}/attachments", { path: { id: order.id }, signal }),
  });
  const add = useMutation({
    mutationFn: (file: File) =>
      api.post("/v1/orders/{id}/attachments", { path: { id: order.id }, query: { name: file.name }, body: file }),
    onSuccess: () => refresh("orders"),
  });
  const remove = useMutation({
    mutationFn: (attachment: string) =>
      api.delete("/v1/orders/{id}/attachments/{attachment}", { path: { id: order.id, attachment } }),
    onSuccess: () => refresh("orders"),
  });
  const download = useMutation({
    mutationFn: async ({ id, name }: { id: string; name: string }) => {
      const path = { id: order.id, attachment: id };
      saveFile(await api.get("/v1/orders/{id}/attachments/{attachment}", { path }), name);
    },
  });
  const problem = error ?? add.error ?? remove.error ?? download.error;
  const mayAdd = may("orders.note");
  if (data?.attachments.length === 0 && !mayAdd) return null;
  return (
    <Section
      title={t("order.files")}
      actions={
        mayAdd && (
          <FileButton
            accept="application/pdf,image/png,image/jpeg,image/webp"
            onChange={(file) => {
              if (file !== null) add.mutate(file);
            }}
          >
            {(props) => (
              <Button {...props} variant="default" loading={add.isPending} leftSection={<IconPaperclip size={14} />}>
                {t("order.addFile")}
              </Button>
            )}
          </FileButton>
        )
      }
    >
      {problem !== null && <Trouble error={problem} onRetry={() => void refetch()} />}
      <ul className={classes["notes"]}>
        {data?.attachments.map((file) => (
          <li key={file.id}>
            <Group gap={8} wrap="nowrap">
              <Anchor
                component="button"
                type="button"
                size="md"
                className="cut"
                onClick={() => download.mutate({ id: file.id, name: file.name })}
              >
                {file.name}
              </Anchor>
              <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                {size.format(Math.max(1, Math.round(file.size / 1000)))} · {file.author.name} · <Ago at={file.at} />
              </Text>
              {may("orders.change") && (
                <ActionIcon
                  size="xs"
                  aria-label={t("order.removeFile", { name: file.name })}
                  onClick={() => remove.mutate(file.id)}
                >
                  <IconTrash size={12} />
                </ActionIcon>
              )}
            </Group>
          </li>
        ))}
      </ul>
      {data?.attachments.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("order.noFiles")}
        </Text>
      )}
    </Section>
  );
}
