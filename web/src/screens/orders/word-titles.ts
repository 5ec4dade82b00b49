import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { countryName } from "../../parts/format.ts";
import { useReasons } from "../../parts/reasons.ts";
import type { WordKey } from "./words.ts";

interface Choice {
  value: string;
  label: string;
}

/** What may stand behind each key of the search, and how it reads: states and reasons as the API names them, channels and suppliers by their names. */
export function useWordTitles() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const once = { staleTime: 10 * 60_000, meta: { live: false } };
  const catalogue = useReasons();
  const { data: channels } = useQuery({
    queryKey: [workspace.slug, "channels"],
    queryFn: ({ signal }) => api.get("/v1/channels", { signal }),
    enabled: may("set_up.read"),
    ...once,
  });
  const { data: suppliers } = useQuery({
    queryKey: [workspace.slug, "suppliers"],
    queryFn: ({ signal }) => api.get("/v1/suppliers", { signal }),
    enabled: may("set_up.read"),
    ...once,
  });
  return useMemo(() => {
    const named = (list: readonly { name: string }[]): Choice[] =>
      list.map(({ name }) => ({ value: name, label: name }));
    const coded = (list: readonly { code: string; title: string }[]): Choice[] =>
      list.map(({ code, title }) => ({ value: code, label: title }));
    const choices: Partial<Record<WordKey, Choice[]>> = {
      state: coded(catalogue?.states ?? []),
      reason: coded(catalogue?.reasons ?? []),
      channel: named(channels?.channels ?? []),
      supplier: named(suppliers?.suppliers ?? []),
      due: (["today", "tomorrow"] as const).map((value) => ({ value, label: t(`orders.due.${value}`) })),
      received: [{ value: "today", label: t("orders.due.today") }],
      owner: (["me", "none"] as const).map((value) => ({ value, label: t(`orders.owner.${value}`) })),
      is: (["late", "snoozed", "awake", "not_told"] as const).map((value) => ({
        value,
        label: t(`orders.is.${value}`),
      })),
    };
    const titleOf = (key: WordKey, value: string): string =>
      key === "country"
        ? countryName(value.toUpperCase())
        : value
            .split(key === "state" ? "," : /$^/)
            .map((each) => choices[key]?.find((choice) => choice.value === each)?.label ?? each)
            .join(", ");
    return { choices, titleOf };
  }, [catalogue, channels, suppliers, t]);
}
