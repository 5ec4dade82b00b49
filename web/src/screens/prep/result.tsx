import { IconAlertOctagon, IconCheck, IconClock } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "../../i18n.ts";
import { KeyName } from "../../parts/keys.tsx";
import classes from "./prep.module.css";
import { play, type Tone } from "./sounds.ts";

export interface Result {
  tone: Tone;
  /** Readable from two metres. */
  word: string;
  text: string;
  /** Another scan is another result, however alike they are. */
  no: number;
  /** What may be done about it besides understanding it. */
  offer?: { label: string; run: () => void };
}
const icons = { good: IconCheck, wait: IconClock, bad: IconAlertOctagon } as const;
const shownMs = { good: 900, wait: 1_800 } as const;

/** What came of a scan, over the whole screen: colour, word and sound say the same. What is wrong stays until somebody has understood it. */
export function ScanResult({ result, onOver }: { result: Result; onOver: () => void }) {
  const { t } = useTranslation();
  const { tone, word, text, no, offer } = result;
  useEffect(() => {
    play(tone);
    if (tone === "bad") return undefined;
    const timer = setTimeout(onOver, shownMs[tone]);
    return () => clearTimeout(timer);
    // Once for each result, whatever is drawn meanwhile.
  }, [no]);
  const Icon = icons[tone];
  return (
    <div className={classes["result"]} data-tone={tone} role={tone === "bad" ? "alert" : "status"} aria-label={word}>
      <Icon size={96} stroke={2} aria-hidden />
      <div className={classes["word"]}>{word}</div>
      <div className={classes["says"]}>{text}</div>
      {tone === "bad" ? (
        <div className={classes["answers"]}>
          <button type="button" className={classes["answer"]} onClick={onOver}>
            {t("prep.understood")} <KeyName name="Enter" />
          </button>
          {offer !== undefined && (
            <button type="button" className={classes["answer"]} data-other onClick={offer.run}>
              {offer.label}
            </button>
          )}
        </div>
      ) : (
        <button type="button" className={classes["over"]} onClick={onOver} aria-label={t("prep.understood")} />
      )}
    </div>
  );
}
