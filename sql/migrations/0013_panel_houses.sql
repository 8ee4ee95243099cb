-- The houses of experts who spoke in a ticket, apart from its lawyers': an expert's own keeps only the colleagues out.
alter table tickets add column panel_houses text[] not null default '{}';
