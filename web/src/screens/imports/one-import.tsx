import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { formatCount } from "../../parts/format.ts";
import { Facts, Section, Trouble, Waiting } from "../../parts/page.tsx";
import { RowProblems } from "./row-problems.tsx";

/** One import with the rows that it refused, and why. */
export function OneImport({ id }: { id: string }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { data, error } = useQuery({
    queryKey: [workspace.slug, "imports", "one", id],
    queryFn: ({ signal }) => api.get("/v1/imports/{id}", { path: { id }, query: { limit: 100 }, signal }),
  });
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined) return <Waiting />;
  return (
    <>
      <Section title={t("setUp.imports.result")}>
        <Facts
          facts={[
            [t("setUp.imports.rows"), formatCount(data.rows)],
            [t("setUp.imports.stored"), formatCount(data.stored)],
            [t("setUp.imports.refused"), formatCount(data.refused)],
            [t("setUp.imports.aside"), formatCount(data.set_aside)],
            ...(data.problem === null ? [] : [[t("setUp.imports.stopped"), data.problem] as const]),
          ]}
        />
      </Section>
      <Section title={t("setUp.imports.refusedRows")}>
        {data.refused_rows.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("setUp.imports.refusedNone")}
          </Text>
        ) : (
          <Stack gap="xs">
            <RowProblems problems={data.refused_rows.flatMap(({ problems }) => problems)} />
          </Stack>
        )}
      </Section>
    </>
  );
}
