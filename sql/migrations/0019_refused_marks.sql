-- Refusals are counted too, apart from breaches, each with its ground (28, 29, 31).
alter table marks add column ground text;
