-- Reads with a million orders. Old code may still run on it: no table changes, and every index that it used has a successor.

-- A page of one channel was found by walking over all others' orders. With the channel in it the same index serves both: a page of all channels merges the
-- stretches of each. One index as before, eight bytes longer; the orders of a channel are a stretch of their own.
drop index sales_order_list;
create index sales_order_list on sales_order (workspace_id, channel_id, headline, received_at desc, id desc);

-- Every batch of every stage and every order page reads the write-backs of its orders. There are as many as parcels.
create index write_back_order on write_back (workspace_id, order_id);

-- Newest shipped first. Shipments are written once and never moved, so it costs one entry each.
create index shipment_list on shipment (workspace_id, shipped_at desc, id desc);
