import { Alert, Button, CopyButton, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "../i18n.ts";
import classes from "./once-shown.module.css";

interface OnceShownProps {
  title: string;
  /** Why it has to be copied now, and where it belongs. */
  children: string;
  value: string;
  /** What the button copies, such as "the key". */
  what: string;
}

/** A secret that is on the screen this once: whole, easy to copy, and nowhere afterwards. */
export function OnceShown({ title, children, value, what }: OnceShownProps) {
  const { t } = useTranslation();
  return (
    <Alert variant="light" title={title} classNames={{ root: classes["root"]!, title: classes["title"]! }}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{children}</Text>
        <code className={classes["value"]}>{value}</code>
        <CopyButton value={value} timeout={3000}>
          {({ copied, copy }) => (
            <Button
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
              variant={copied ? "default" : "filled"}
            >
              {copied ? t("copy.done") : t("copy.what", { what })}
            </Button>
          )}
        </CopyButton>
      </Stack>
    </Alert>
  );
}
