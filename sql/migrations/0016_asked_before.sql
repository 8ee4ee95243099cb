-- What a citizen says of an earlier answer when asking again (29): the lawyer sees it.
alter table tickets add column earlier text, add column because text;
