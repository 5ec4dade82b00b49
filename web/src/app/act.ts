import { useMutation, type UseMutationResult } from "@tanstack/react-query";
import { translate } from "../i18n.ts";
import { useSyncExternalStore } from "react";
import { SwitchyardProblem } from "./api.ts";
import { useRefresh } from "./session.tsx";

/** What a person is asked to show before something goes on: the password, a second factor that has to be set up first, or who they are. */
export type Proof = "password" | "second_factor" | "sign_in";
const proofs: Readonly<Record<string, Proof | undefined>> = {
  prove_again: "password",
  second_factor_needed: "second_factor",
  sign_in_again: "sign_in",
};

/** The one question that is open; whatever needs a proof meanwhile waits for its answer. */
export interface Asked {
  proof: Proof;
  answer: (isShown: boolean) => void;
}
let asked: Asked | null = null;
let answered: Promise<boolean> = Promise.resolve(false);
const listeners = new Set<() => void>();
function set(next: Asked | null): void {
  asked = next;
  for (const each of listeners) each();
}
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    // The page that could show the question is gone.
    if (listeners.size === 0) asked?.answer(false);
  };
}
/** For the dialog alone, which every page of a workspace has (app/shell.tsx). */
export const useAsked = (): Asked | null => useSyncExternalStore(subscribe, () => asked);

function askFor(proof: Proof): Promise<boolean> {
  if (asked === null)
    answered = new Promise<boolean>((resolve) => {
      const answer = (isShown: boolean): void => {
        if (asked?.answer === answer) set(null);
        resolve(isShown);
      };
      set({ proof, answer });
    });
  return answered;
}

/**
 * Does something that may need a proof (`prove_again`, `second_factor_needed`, `sign_in_again`): where the API asks for one, a dialog asks the person, and what
 * was wanted is done again by itself; nothing that was typed is lost. Who leaves the dialog gets a problem that says that nothing was done.
 *
 * For whoever has a mutation of their own: `mutationFn: () => proved(() => api.put(…))`. Everybody else takes `useAct`.
 */
export async function proved<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const proof = error instanceof SwitchyardProblem ? proofs[error.code] : undefined;
      if (proof === undefined) throw error;
      if (!(await askFor(proof))) throw notShown();
    }
  }
}

const notShown = (): SwitchyardProblem =>
  new SwitchyardProblem({
    type: "about:blank",
    title: translate("prove.notDone"),
    status: 403,
    code: "not_shown",
    detail: translate("prove.notDone"),
    next: translate("prove.notDoneNext"),
  });

interface ActOptions<Answer, Wish> {
  /** What is asked for anew afterwards, by the words after the workspace in its query keys; none: everything of the workspace. */
  refresh?: readonly string[];
  onDone?: (answer: Answer, wish: Wish) => void;
}

/**
 * A mutation as every screen wants it: it asks for a proof where one is needed, and asks anew for what it changed. Its `error` belongs beside the button
 * (`<Trouble>`), its `isPending` on it.
 *
 * `const revoke = useAct((id: string) => api.delete("/v1/keys/{id}", { path: { id } }), { refresh: ["keys"] });`
 */
export function useAct<Answer, Wish = void>(
  act: (wish: Wish) => Promise<Answer>,
  { refresh: keys = [], onDone }: ActOptions<Answer, Wish> = {},
): UseMutationResult<Answer, Error, Wish> {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (wish: Wish) => proved(() => act(wish)),
    onSuccess: async (answer, wish) => {
      onDone?.(answer, wish);
      await refresh(...keys);
    },
  });
}
