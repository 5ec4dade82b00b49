import { Modal, Table, Title } from "@mantine/core";
import { useTranslation } from "../i18n.ts";
import { KeyName, type Key } from "./keys.tsx";

interface KeysHelpProps {
  keys: readonly Key[];
  opened: boolean;
  onClose: () => void;
}

/** Every key that does something on the page as it stands. */
export function KeysHelp({ keys, opened, onClose }: KeysHelpProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={<Title order={2}>{t("keys.title")}</Title>}>
      <Table>
        <Table.Tbody>
          {keys.map(({ key, label }) => (
            <Table.Tr key={key}>
              <Table.Td>{label}</Table.Td>
              <Table.Td ta="right">
                <KeyName name={key} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
