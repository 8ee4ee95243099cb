-- A share of 0.8 must come back as 0.8: single precision gave 0.800000011920929.
alter table tickets alter column warn_at type double precision
    using round(warn_at::numeric, 6)::double precision;
