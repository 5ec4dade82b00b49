-- Orders of which something was erased: what a channel says of them later goes again. Old code runs on it.
create index order_address_erased on order_address (workspace_id, order_id) where erased_at is not null;
