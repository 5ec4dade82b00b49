import { useLocation, useRouter } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { useEffect } from "react";

/** The list that was left last: its address, and which entry of this tab's history it is. */
interface Left {
  pathname: string;
  search: object;
  index: number;
}
let left: Left | null = null;

/** The page at this address is a list that somebody comes back to from what they open of it. */
export function useComingBack(address: string): void {
  const { pathname, search, state } = useLocation();
  useEffect(() => {
    // On the way to another page this one is still drawn, with the other's address.
    if (pathname === address) left = { pathname, search, index: state.__TSR_index };
  });
}

/** The way from a thing back to its list as it was left: its words, its rows, what was chosen. Without one, the list as it begins. */
export function useWayBack(to: string): { to: string; search: object; onClick: (event: MouseEvent) => void } {
  const { history } = useRouter();
  const list = left?.pathname === to ? left : null;
  return {
    to,
    search: list?.search ?? {},
    onClick: (event) => {
      const isNewTab = event.metaKey || event.ctrlKey || event.shiftKey;
      if (isNewTab || list === null || history.location.state.__TSR_index !== list.index + 1) return;
      event.preventDefault();
      history.back();
    },
  };
}
