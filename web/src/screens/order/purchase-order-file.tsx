import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import type { Part } from "../../parts/resolve/subject.ts";
import { saveFile } from "../../parts/save-file.ts";

/** The very file that left, for a supplier that gets files. */
export function PurchaseOrderFile({ part }: { part: Part }) {
  const { t } = useTranslation();
  const { api, may } = useHere();
  const download = useMutation({
    mutationFn: async () => {
      const name = `${part.attempts.findLast(({ kind }) => kind === "document")?.reference ?? part.id}.csv`;
      saveFile(await api.get("/v1/fulfillment-orders/{id}/document", { path: { id: part.id } }), name);
    },
  });
  if (!may("desk.read") || !part.attempts.some(({ kind }) => kind === "document")) return null;
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      leftSection={<IconDownload size={14} />}
      loading={download.isPending}
      onClick={() => download.mutate()}
    >
      {download.error === null ? t("order.purchaseOrderFile") : download.error.message}
    </Button>
  );
}
