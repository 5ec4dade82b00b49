-- Who may do what before any table exists. The roles themselves are made when the store is opened, because they belong to the server and not
-- to this database. Old code cannot run on it (there is none).
--
-- What is granted is granted by name in the migration that makes the table; there are no default grants, so a forgotten one fails closed.
-- Every tenant table gets row-level security, enabled and forced, with one policy that has both USING and WITH CHECK, on
--   workspace_id = nullif(current_setting('app.workspace', true), '')::bigint
-- (after a transaction that set it, the setting is an empty string and not null; a cast of that would raise instead of hiding all rows).

revoke all on schema public from public;
grant usage on schema public to switchyard_engine, switchyard_api;
alter default privileges revoke execute on functions from public;

-- First statement of each API transaction. A PL/pgSQL `set local` and not set_config(): it ends with the transaction in every case, and it
-- reaches all nodes of a distributed database. Not security definer: it runs as whoever calls it.
create function use_workspace(id bigint) returns void language plpgsql as $$
begin
  execute format('set local app.workspace = %L', id);
end
$$;

grant execute on function use_workspace(bigint) to switchyard_engine, switchyard_api;
