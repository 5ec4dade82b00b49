import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { copyText } from "../../parts/copy.ts";
import { KeyName, letGo, useKeys } from "../../parts/keys.tsx";
import classes from "./desk.module.css";

export interface Field {
  id: string;
  label: string;
  /** What is copied. */
  value: string;
  /** What is shown, where it reads differently. */
  shown?: string;
}
export interface FieldGroup {
  title: string;
  fields: readonly Field[];
}

/** Everything that a supplier's form asks for, each with a button that copies it: the first nine by their number, all of them one after the other with C. */
export function CopyFields({ groups }: { groups: readonly FieldGroup[] }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<readonly string[]>([]);
  const [said, setSaid] = useState("");
  const all = groups.flatMap(({ fields }) => fields);
  const last = copied.at(-1);
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), 2000);
    return () => clearTimeout(timer);
  }, [said, last]);

  const copy = (field: Field | undefined): void => {
    if (field === undefined) return;
    void copyText(field.value);
    setCopied((before) => [...before.filter((id) => id !== field.id), field.id]);
    setSaid(t("desk.copied", { what: field.label }));
  };
  const next = all[(all.findIndex(({ id }) => id === last) + 1) % Math.max(1, all.length)];
  useKeys([
    { key: "c", label: t("desk.keys.copyNext"), run: () => copy(next) },
    ...all.slice(0, 9).map((field, index) => ({
      key: String(index + 1),
      label: t("copy.what", { what: field.label }),
      run: () => copy(field),
    })),
  ]);
  return (
    <>
      <span className="heard" role="status">
        {said}
      </span>
      {groups.map(({ title, fields }, groupNo) => (
        <section key={`${groupNo} ${title}`} aria-label={title}>
          <div className={classes["item"]}>{title}</div>
          <div className={classes["fields"]}>
            {fields.map((field) => {
              const no = all.indexOf(field) + 1;
              const isCopied = copied.includes(field.id);
              return (
                <button
                  key={field.id}
                  type="button"
                  className={classes["field"]}
                  data-copied={isCopied || undefined}
                  onClick={(event) => {
                    letGo(event);
                    copy(field);
                  }}
                >
                  <span>
                    <span className="heard">{t("copy.do")} </span>
                    {field.label}
                  </span>
                  <span className={classes["value"]}>{field.shown ?? field.value}</span>
                  <span className={classes["copy"]} aria-hidden>
                    {isCopied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                    {no <= 9 && <KeyName name={String(no)} />}
                  </span>
                </button>
              );
            })}
          </div>
        </section>
      ))}
    </>
  );
}
