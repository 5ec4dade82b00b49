import { CloseButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState, type Ref } from "react";
import { useTranslation } from "../../i18n.ts";
import { KeyName } from "../../parts/keys.tsx";
import classes from "./orders.module.css";
import { useWordTitles } from "./word-titles.ts";
import { joinWords, splitWords, takeTyped, writeWord, type Word } from "./words.ts";

interface SearchBoxProps {
  ref: Ref<HTMLInputElement>;
  /** All of it, as the address and the API have it. */
  q: string;
  onChange: (q: string) => void;
}
const restMs = 200;

/** The search: what has a key is a pill, what has none is text. A word becomes a pill when a blank or Enter ends it; Backspace at the beginning takes the last one away. */
export function SearchBox({ ref, q, onChange }: SearchBoxProps) {
  const { t } = useTranslation();
  const { titleOf } = useWordTitles();
  const { words, text } = splitWords(q);
  const [typed, setTyped] = useState(text);
  // What this box itself said last: when the address says something else (another tab, Back), the box follows it.
  const own = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (text !== own.current) setTyped(text);
    own.current = text;
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const say = (next: { words: readonly Word[]; text: string }): void => {
    clearTimeout(timer.current);
    own.current = next.text;
    onChange(joinWords(next));
  };
  const take = (now: string, isDone = false): void => {
    const taken = takeTyped(now, isDone);
    setTyped(taken.left);
    if (taken.words.length > 0 || isDone) say({ words: [...words, ...taken.words], text: taken.text });
    else {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => say({ words, text: taken.text }), restMs);
    }
  };
  return (
    <div className={classes["search"]} role="search">
      <IconSearch size={14} aria-hidden />
      {words.map((word, index) => (
        <span key={`${index} ${writeWord(word)}`} className={classes["pill"]} title={writeWord(word)}>
          <span className="dim">{t(`orders.key.${word.key}`)}</span>
          <span className="cut">{titleOf(word.key, word.value)}</span>
          <CloseButton
            size={16}
            iconSize={12}
            aria-label={t("orders.takeAway", { word: writeWord(word) })}
            onClick={() => say({ words: words.filter((each) => each !== word), text })}
          />
        </span>
      ))}
      <input
        ref={ref}
        type="text"
        value={typed}
        aria-label={t("keys.search")}
        placeholder={words.length === 0 ? t("orders.search") : ""}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => take(event.currentTarget.value)}
        onBlur={() => {
          if (typed !== text) take(typed, true);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") take(typed, true);
          else if (event.key === "Escape") event.currentTarget.blur();
          else if (event.key === "Backspace" && event.currentTarget.selectionEnd === 0 && words.length > 0)
            say({ words: words.slice(0, -1), text });
        }}
      />
      <KeyName name="/" />
    </div>
  );
}
