import { ActionIcon, Text, Textarea } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { Section, Trouble } from "../../parts/page.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import { Ago } from "../../parts/time.tsx";
import classes from "./order.module.css";

/** What people of the workspace tell each other about the order; no buyer, supplier or channel sees it. */
export function Notes({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const refresh = useRefresh();
  const [text, setText] = useState("");
  const [written, setWritten] = useState(0);
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "orders", "notes", order.id],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}/notes", { path: { id: order.id }, signal }),
  });
  const remove = useMutation({
    mutationFn: (note: string) => api.delete("/v1/orders/{id}/notes/{note}", { path: { id: order.id, note } }),
    onSuccess: () => refresh("orders"),
  });
  if (data?.notes.length === 0 && !may("orders.note")) return null;
  return (
    <Section title={t("order.notes")}>
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {remove.error !== null && <Trouble error={remove.error} />}
      <ul className={classes["notes"]}>
        {data?.notes.map((note) => (
          <li key={note.id}>
            <div className={classes["noteHead"]}>
              <Text size="sm" c="dimmed">
                {note.author.name} · <Ago at={note.at} />
              </Text>
              {may("orders.change") && (
                <ActionIcon size="xs" aria-label={t("order.removeNote")} onClick={() => remove.mutate(note.id)}>
                  <IconTrash size={12} />
                </ActionIcon>
              )}
            </div>
            <p>{note.erased ? t("order.erasedNote") : note.text}</p>
          </li>
        ))}
      </ul>
      {may("orders.note") && (
        <ActForm
          key={written}
          calls={[post("/v1/orders/{id}/notes", { path: { id: order.id }, body: { text } })]}
          submit={t("order.addNote")}
          isQuiet
          onDone={() => {
            setText("");
            setWritten(written + 1);
          }}
        >
          <Textarea
            aria-label={t("order.note")}
            placeholder={t("order.notePlaceholder")}
            required
            autosize
            minRows={1}
            maxRows={8}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </ActForm>
      )}
    </Section>
  );
}
