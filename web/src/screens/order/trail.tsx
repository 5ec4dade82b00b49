import { Select } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { Section, Trouble } from "../../parts/page.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import { Timeline } from "../../parts/timeline.tsx";

/** The trail of the order, or of one of its lines. */
export function Trail({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const [line, setLine] = useState<string | null>(null);
  const trail = useInfiniteQuery({
    queryKey: [workspace.slug, "orders", "trail", order.id, line],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/orders/{id}/events", {
        path: { id: order.id },
        query: {
          limit: 50,
          ...(line !== null && { line: Number(line) }),
          ...(pageParam !== "" && { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  return (
    <Section title={t("order.timeline")}>
      {trail.error !== null && <Trouble error={trail.error} onRetry={() => void trail.refetch()} />}
      <Timeline
        events={trail.data?.pages.flatMap(({ events }) => events)}
        isMore={trail.hasNextPage}
        onMore={() => void trail.fetchNextPage()}
      >
        {order.lines.length > 1 && (
          <Select
            aria-label={t("order.trailOf")}
            placeholder={t("order.wholeOrder")}
            clearable
            w={200}
            data={order.lines.map(({ no, sku }) => ({ value: String(no), label: sku }))}
            value={line}
            onChange={setLine}
          />
        )}
      </Timeline>
    </Section>
  );
}
