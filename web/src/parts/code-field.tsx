import { TextInput } from "@mantine/core";
import { useTranslation } from "../i18n.ts";

interface CodeFieldProps {
  value: string;
  onChange: (code: string) => void;
  hint?: string;
  autoFocus?: boolean;
}

/** The six digits of an authenticator app: one field, so that a code can be pasted, filled in by the browser and heard as one thing. */
export function CodeField({ value, onChange, hint, autoFocus = false }: CodeFieldProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("signIn.code")}
      description={hint}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      maxLength={7}
      required
      autoFocus={autoFocus}
      className="num"
      maw={260}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.replaceAll(/\D/g, "").slice(0, 6))}
    />
  );
}
