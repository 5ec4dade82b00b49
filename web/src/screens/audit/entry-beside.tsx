import { Stack, Table } from "@mantine/core";
import { useTranslation } from "../../i18n.ts";
import { Beside } from "../../parts/beside.tsx";
import { formatExact } from "../../parts/format.ts";
import { Facts, Section } from "../../parts/page.tsx";
import { TopicBadge, type PlacedEntry } from "./topic.tsx";
import { Value } from "./value.tsx";

/** One entry of the trail, whole. */
export function EntryBeside({ entry, onClose }: { entry: PlacedEntry; onClose: () => void }) {
  const { t } = useTranslation();
  const details = Object.entries(entry.details);
  return (
    <Beside title={entry.text} mark={<TopicBadge topic={entry.topic} />} onClose={onClose}>
      <Stack gap="lg">
        <Facts
          facts={[
            [t("audit.person"), entry.by.name],
            [t("audit.when"), formatExact(entry.at)],
            ...(entry.on === null ? [] : [[t("audit.on"), entry.on.name] as const]),
          ]}
        />
        {entry.changes.length > 0 && (
          <Section title={t("audit.changes")}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("audit.setting")}</Table.Th>
                  <Table.Th>{t("audit.before")}</Table.Th>
                  <Table.Th>{t("audit.after")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {entry.changes.map(({ name, from, to }) => (
                  <Table.Tr key={name}>
                    <Table.Td className="mono">{name}</Table.Td>
                    <Table.Td>
                      <Value of={from} />
                    </Table.Td>
                    <Table.Td>
                      <Value of={to} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Section>
        )}
        {details.length > 0 && (
          <Section title={t("audit.details")}>
            <Facts facts={details.map(([name, value]) => [name, <Detail key={name} value={value} />])} />
          </Section>
        )}
      </Stack>
    </Beside>
  );
}

/** A member is named; whatever else was written down is shown as it is. */
const Detail = ({ value }: { value: unknown }) => (isNamed(value) ? <>{value.name}</> : <Value of={value} />);
const isNamed = (value: unknown): value is { name: string } =>
  typeof value === "object" && value !== null && typeof (value as { name?: unknown }).name === "string";
