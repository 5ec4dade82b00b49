import { Text } from "@mantine/core";
import { useTranslation } from "../../i18n.ts";
import { Page } from "../../parts/page.tsx";
import { SettingsForm } from "../../parts/schema-form.tsx";

/** The workspace's own settings. */
export function WorkspaceSettings() {
  const { t } = useTranslation();
  return (
    <Page title={t("setUp.settings")}>
      <div style={{ maxWidth: 1000 }}>
        <Text size="sm" c="dimmed" mb="md">
          {t("setUp.settingsIntro")}
        </Text>
        <SettingsForm whose={{ of: "workspace" }} />
      </div>
    </Page>
  );
}
