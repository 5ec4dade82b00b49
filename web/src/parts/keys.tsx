import { Kbd } from "@mantine/core";
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type MouseEvent,
  type ReactNode,
} from "react";
import { useTranslation } from "../i18n.ts";
import { later } from "./later.tsx";

/** A key of the present page: `j`, `Shift+J`, `Mod+K`, or a chord `g o`. Letters are those printed on the key (layout-independent codes would lie to the help). */
export interface Key {
  key: string;
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Also while typing in a field: only for keys with a modifier, and Escape. */
  inFields?: boolean;
}
interface KeysContext {
  add: (keys: readonly Key[]) => () => void;
  showHelp: () => void;
  /** WCAG 2.1.4: single letters can be switched off. */
  areLettersOn: boolean;
  setLettersOn: (on: boolean) => void;
}
const Context = createContext<KeysContext | null>(null);

const KeysHelp = later(async () => (await import("./keys-help.tsx")).KeysHelp);

const stored = "switchyard.keys";
const chordMs = 900;

/** One listener for the page. The newest registration of a key wins: a drawer's keys lie over its list's. */
export function KeysProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const layers = useRef<(readonly Key[])[]>([]);
  const begun = useRef<{ key: string; at: number } | null>(null);
  const isOverlaid = useRef(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [areLettersOn, setOn] = useState(() => localStorage.getItem(stored) !== "off");
  const add = useCallback((keys: readonly Key[]) => {
    layers.current.push(keys);
    return () => {
      layers.current = layers.current.filter((each) => each !== keys);
    };
  }, []);
  const setLettersOn = useCallback((on: boolean) => {
    localStorage.setItem(stored, on ? "on" : "off");
    setOn(on);
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isOverlaid.current) return;
      const pressed = nameOf(event);
      if (pressed === null || ((pressed === "Enter" || pressed === "Space") && isControl(event.target))) return;
      if (pressed === "Space" && isTicked(event.target)) return;
      const isTyping = isField(event.target);
      const isLetter = /^(Shift\+)?[^+]$/.test(pressed) && pressed !== "?" && pressed !== "/";
      const find = (name: string): Key | undefined =>
        layers.current
          .toReversed()
          .flat()
          .find((each) => same(each.key, name) && (!isTyping || each.inFields === true));
      const first = begun.current;
      begun.current = null;
      const chord = first !== null && event.timeStamp - first.at < chordMs ? `${first.key} ${pressed}` : null;
      const found = (chord === null ? undefined : find(chord)) ?? find(pressed);
      if (found !== undefined && (areLettersOn || !isLetter)) {
        event.preventDefault();
        found.run(event);
        return;
      }
      if (!isTyping && layers.current.flat().some((each) => each.key.startsWith(`${pressed} `)))
        begun.current = { key: pressed, at: event.timeStamp };
    };
    // By the time the key comes here, what it closed may be gone.
    const onKeyBefore = (event: KeyboardEvent): void => {
      isOverlaid.current = event.key === "Escape" && hasOverlay();
    };
    window.addEventListener("keydown", onKeyBefore, true);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKeyBefore, true);
      window.removeEventListener("keydown", onKey);
    };
  }, [areLettersOn]);

  useEffect(() => add([{ key: "?", label: t("keys.help"), run: () => setHelpOpen(true) }]), [add, t]);

  const value = useMemo(
    () => ({ add, showHelp: () => setHelpOpen(true), areLettersOn, setLettersOn }),
    [add, areLettersOn, setLettersOn],
  );
  const listed = [...new Map(layers.current.flat().map((each) => [each.key, each] as const)).values()];
  return (
    <Context value={value}>
      {children}
      <KeysHelp when={isHelpOpen} keys={listed} opened={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </Context>
  );
}

export function useKeysSetting(): Pick<KeysContext, "areLettersOn" | "setLettersOn" | "showHelp"> {
  return useContext(Context)!;
}

/** Keys of the component that is on the page; they go with it. The functions may change from one drawing to the next. */
export function useKeys(keys: readonly Key[], isOn = true): void {
  const { add } = useContext(Context)!;
  const latest = useRef(keys);
  latest.current = keys;
  const signature = keys.map(({ key, label }) => `${key}\t${label}`).join("\n");
  useEffect(() => {
    if (!isOn) return undefined;
    return add(latest.current.map((each, index) => ({ ...each, run: (event) => latest.current[index]?.run(event) })));
  }, [add, signature, isOn]);
}

/** How a key is printed beside a button or in a tooltip. */
export function KeyName({ name }: { name: string }) {
  const isMac = navigator.userAgent.includes("Mac");
  return (
    <>
      {name.split(" ").map((part) => (
        <Kbd key={part} size="xs" ml={4}>
          {part
            .replace("Mod", isMac ? "⌘" : "Ctrl")
            .replace("Shift+", "⇧")
            .replace("Escape", "Esc")
            .replace("Space", "␣")}
        </Kbd>
      ))}
    </>
  );
}

/** What closes itself with Escape lies over the page: a menu, a list of choices, a dialog, the palette. Nothing below it hears the key. */
const overlays = ["Popover-dropdown", "Menu-dropdown", "Combobox-dropdown", "Modal-content", "Spotlight-content"];
const hasOverlay = (): boolean =>
  [...document.querySelectorAll(overlays.map((each) => `.mantine-${each}`).join())].some((each) =>
    each.checkVisibility(),
  );

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.tagName === "TEXTAREA" ||
    target.tagName === "SELECT" ||
    (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type)));

/** Enter and Space on a button or link press it, whatever else they mean on the page. */
const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("button, a[href], summary, [role=button], [role=option]") !== null;

/** Space ticks a box. */
const isTicked = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && (target.type === "checkbox" || target.type === "radio");

/** A button that was pressed with the mouse does not keep Enter for itself. */
export function letGo(event: MouseEvent<HTMLElement>): void {
  if (event.detail > 0) event.currentTarget.blur();
}

function nameOf(event: KeyboardEvent): string | null {
  const { key } = event;
  if (["Control", "Meta", "Shift", "Alt"].includes(key) || event.altKey) return null;
  const name = key === " " ? "Space" : key.length === 1 ? key.toLowerCase() : key;
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  const shift = event.shiftKey && /^([a-z]|Arrow\w+|Enter|Tab)$/.test(name) ? "Shift+" : "";
  return mod + shift + name;
}
const same = (wanted: string, pressed: string): boolean => wanted.toLowerCase() === pressed.toLowerCase();
