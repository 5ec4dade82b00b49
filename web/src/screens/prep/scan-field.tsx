import { IconKeyboard, IconScan, IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import classes from "./prep.module.css";
import { isSoundOn, play, setSoundOn } from "./sounds.ts";

interface ScanFieldProps {
  /** A whole scan; an Enter without one is the next step. */
  onScan: (text: string) => void;
  onEnter: () => void;
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

/**
 * A scanner is a keyboard that ends with Enter or Tab. The field takes whatever is typed, from any state of the page: it has the caret whenever no other field
 * has it, and a key on a button comes here too. A tablet shows no keyboard for it unless that is wished.
 */
export function ScanField({ onScan, onEnter }: ScanFieldProps) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [hasKeyboard, setKeyboard] = useState(false);
  const [hasSound, setSound] = useState(isSoundOn);
  useEffect(() => {
    field.current?.focus();
    const take = (event: KeyboardEvent): void => {
      const isText = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (isText && !isField(event.target)) field.current?.focus();
    };
    // Whoever clicks beside everything is ready to scan again.
    const come = (): void => {
      setTimeout(() => {
        if (document.activeElement === document.body || document.activeElement === null) field.current?.focus();
      });
    };
    window.addEventListener("keydown", take, { capture: true });
    document.addEventListener("focusout", come);
    document.addEventListener("click", come);
    return () => {
      window.removeEventListener("keydown", take, { capture: true });
      document.removeEventListener("focusout", come);
      document.removeEventListener("click", come);
    };
  }, []);
  return (
    <div className={classes["scan"]}>
      <IconScan size={24} aria-hidden />
      <input
        ref={field}
        aria-label={t("prep.scan")}
        placeholder={t("prep.scanHint")}
        inputMode={hasKeyboard ? "text" : "none"}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="go"
        onKeyDown={(event) => {
          const { value } = event.currentTarget;
          if (event.key !== "Enter" && !(event.key === "Tab" && value !== "")) return;
          event.preventDefault();
          event.currentTarget.value = "";
          if (value.trim() === "") onEnter();
          else onScan(value.trim());
        }}
      />
      <button
        type="button"
        aria-pressed={hasKeyboard}
        aria-label={t("prep.keyboard")}
        onClick={() => {
          setKeyboard(!hasKeyboard);
          field.current?.focus();
        }}
      >
        <IconKeyboard size={24} aria-hidden />
      </button>
      <button
        type="button"
        aria-pressed={hasSound}
        aria-label={t(hasSound ? "prep.sound" : "prep.soundOff")}
        onClick={() => {
          setSoundOn(!hasSound);
          setSound(!hasSound);
          if (!hasSound) play("good");
        }}
      >
        {hasSound ? <IconVolume size={24} aria-hidden /> : <IconVolumeOff size={24} aria-hidden />}
      </button>
    </div>
  );
}
