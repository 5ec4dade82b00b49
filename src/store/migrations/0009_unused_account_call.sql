-- Calls in flight are counted by the attempts themselves; nothing has read or written this table since. Code of before runs on.
drop table account_call;
