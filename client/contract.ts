import type { components, paths } from "./schema.d.ts";

export type Method = "get" | "post" | "put" | "delete";

/** The addresses that have this method. */
export type Path<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];

type OperationOf<M extends Method, P> = P extends keyof paths ? paths[P][M] : never;

/** What an address answers. */
export type Answer<M extends Method, P extends Path<M>> = Success<OperationOf<M, P>>;
type Success<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? ContentOf<R[S]> : never }[keyof R]
  : never;
type ContentOf<R> = R extends { content: infer C } ? C[keyof C] : undefined;

/** What an address takes as its body. */
export type Body<M extends Method, P extends Path<M>> =
  OperationOf<M, P> extends { requestBody?: infer B } ? ContentOf<NonNullable<B>> : undefined;

/** What an address takes after the `?`. */
export type Query<M extends Method, P extends Path<M>> =
  OperationOf<M, P> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

/** What can be sent to an address: its `path`, `query` and `body`, and what every request has. */
export type CallOptions<M extends Method, P extends Path<M>> = PathPart<OperationOf<M, P>> &
  QueryPart<OperationOf<M, P>> &
  BodyPart<OperationOf<M, P>> &
  (M extends "get" ? unknown : Conditions) &
  (M extends "post" ? Once : unknown) &
  Common;

type PathPart<O> = O extends { parameters: { path: infer T } } ? { path: T } : unknown;
type QueryPart<O> = O extends { parameters: { query?: never } }
  ? unknown
  : O extends { parameters: { query: infer T } }
    ? { query: T }
    : O extends { parameters: { query?: infer T } }
      ? { query?: T }
      : unknown;
type BodyPart<O> = O extends { requestBody?: never }
  ? unknown
  : O extends { requestBody: infer T }
    ? { body: ContentOf<T> }
    : O extends { requestBody?: infer T }
      ? { body?: ContentOf<NonNullable<T>> }
      : unknown;

interface Common {
  signal?: AbortSignal | undefined;
  headers?: Readonly<Record<string, string>>;
}
interface Conditions {
  /** The version that was looked at: with another one nothing is changed, and the problem is `version_changed`. */
  ifMatch?: number | undefined;
}
interface Once {
  /** The same request with the same key is done once. Made for each call unless given. */
  idempotencyKey?: string | undefined;
}

/** Options may be left out where nothing in them is needed. */
export type Rest<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options];

/** The lists that are read in pages. */
export type ListPath = {
  [P in Path<"get">]: Answer<"get", P> extends { next: string | null } ? P : never;
}[Path<"get">];

/** What a list lists: what is called like the address, else the only list in the answer. */
export type Item<P extends ListPath> = ItemOf<Answer<"get", P>, NameOf<P>>;
type ItemOf<A, Name> = Name extends keyof A ? Element<A[Name]> : Element<A[keyof A]>;
type Element<T> = Extract<T, readonly unknown[]>[number];
type NameOf<P> = P extends `${string}/${infer Rest}` ? NameOf<Rest> : Underscored<P>;
type Underscored<P> = P extends `${infer A}-${infer B}` ? Underscored<`${A}_${B}`> : P;

export type Schemas = components["schemas"];
/** One schema by its name, such as `Schema<"Order">`. */
export type Schema<Name extends keyof Schemas> = Schemas[Name];
