import { Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { OnceShown } from "../../parts/once-shown.tsx";
import type { Part } from "../../parts/resolve/subject.ts";

/** A supplier without an account gets its own purchase order by a link: made here, mailed or passed on by hand. */
export function SupplierLink({ part }: { part: Part }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const [made, setMade] = useState<{ link: string; mailed: boolean } | null>(null);
  const supplier = part.supplier?.name ?? "";
  if (made?.mailed === true) return <Text role="status">{t("order.supplierLink.mailed", { email })}</Text>;
  if (made !== null)
    return (
      <OnceShown
        title={t("order.supplierLink.title", { supplier })}
        value={made.link}
        what={t("order.supplierLink.what")}
      >
        {`${email === "" ? "" : `${t("order.supplierLink.notMailed")} `}${t("order.supplierLink.about")}`}
      </OnceShown>
    );
  return (
    <ActForm
      calls={[post("/v1/fulfillment-orders/{id}/link", { path: { id: part.id }, body: email === "" ? {} : { email } })]}
      submit={t("order.supplierLink.submit")}
      verdict={part.actions.add_tracking}
      onDone={(answer) => setMade(answer as { link: string; mailed: boolean })}
    >
      <Stack gap="sm">
        <Text size="sm">{t("order.supplierLink.hint", { supplier })}</Text>
        <TextInput
          type="email"
          label={t("order.supplierLink.email")}
          description={t("order.supplierLink.emailHint")}
          maw={360}
          autoFocus
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value.trim())}
        />
      </Stack>
    </ActForm>
  );
}
