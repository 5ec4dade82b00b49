import type { Id, WorkspaceId } from "#domain/ids.ts";
import type { OrderColumn } from "#domain/order-views.ts";
import { done, ok, refuse, type Refused, type Result } from "#domain/result.ts";
import type { OrderSort } from "#store/read/order-list.ts";
import { deleteView, insertView, listViews, lockView, updateView, type SavedView } from "#store/saved-view.ts";
import { lockWorkspace } from "#store/workspace.ts";
import { change, type ManageContext } from "./context.ts";

/** Of one person, and of all together. */
export const mostViews = 50;

export interface ViewWish {
  name: string;
  words: string;
  sort: OrderSort;
  columns: readonly OrderColumn[];
  position: number;
  /** Everybody's in the workspace, or the actor's own. */
  shared: boolean;
}
/** Who asks, and whether that one may change what everybody has. */
export interface Viewer {
  workspaceId: WorkspaceId;
  mayShare: boolean;
}

/** VW-2. */
export const createView = (context: ManageContext, viewer: Viewer, wish: ViewWish): Promise<Result<SavedView>> =>
  change(context, async (tx): Promise<Result<SavedView>> => {
    const { workspaceId } = viewer;
    if (wish.shared && !viewer.mayShare) return notYours;
    await lockWorkspace(tx, workspaceId);
    const owner = wish.shared ? null : context.actor;
    const others = await listViews(tx, workspaceId, context.actor);
    if (others.filter((each) => each.owner === owner).length >= mostViews)
      return refuse(
        "too_many_views",
        `There are ${mostViews} ${wish.shared ? "shared views" : "views of yours"} already. Delete one first.`,
      );
    await context.ids.ensure(tx, 1);
    const { shared: _, ...rest } = wish;
    const view: SavedView = {
      ...rest,
      columns: [...wish.columns],
      workspaceId,
      id: context.ids.next<"savedView">() as Id<"savedView">,
      publicId: context.ids.uuid(),
      owner,
      createdBy: context.actor,
      createdAt: context.clock.now(),
      version: 1,
    };
    return (await insertView(tx, view)) ? ok(view) : nameTaken(wish.name);
  });

/** What is not named stays. */
export const changeView = (
  context: ManageContext,
  viewer: Viewer,
  on: { view: string; ifVersion?: number },
  wish: { [Field in keyof ViewWish]?: ViewWish[Field] | undefined },
): Promise<Result<SavedView>> =>
  change(context, async (tx): Promise<Result<SavedView>> => {
    const view = await lockView(tx, viewer.workspaceId, context.actor, on.view);
    if (view === undefined) return noSuchView;
    const shared = wish.shared ?? view.owner === null;
    if ((shared || view.owner === null) && !viewer.mayShare) return notYours;
    if (on.ifVersion !== undefined && on.ifVersion !== view.version)
      return refuse("version_changed", `The view is at version ${view.version} by now, not at ${on.ifVersion}.`);
    const next: SavedView = {
      ...view,
      name: wish.name ?? view.name,
      words: wish.words ?? view.words,
      sort: wish.sort ?? view.sort,
      columns: [...(wish.columns ?? view.columns)],
      position: wish.position ?? view.position,
      owner: shared ? null : (view.owner ?? context.actor),
      version: view.version + 1,
    };
    return (await updateView(tx, next)) ? ok(next) : nameTaken(next.name);
  });

export const removeView = (context: ManageContext, viewer: Viewer, publicId: string): Promise<Result> =>
  change(context, async (tx): Promise<Result> => {
    const view = await lockView(tx, viewer.workspaceId, context.actor, publicId);
    if (view === undefined) return noSuchView;
    if (view.owner === null && !viewer.mayShare) return notYours;
    await deleteView(tx, view);
    return done;
  });

const noSuchView: Refused = refuse("no_such_view", "There is no such view here.");
const notYours: Refused = refuse(
  "role_may_not",
  "Shared views are changed by those who may change orders. Save a view of your own instead.",
);
const nameTaken = (name: string): Refused =>
  refuse("name_taken", `There is a view “${name}” already. Give this one another name.`);
