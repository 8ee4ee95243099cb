-- name: institutions(wanted)
-- The institutions whose names hold the wanted words, whatever their case; "" wants all of them.
select id, name from institutions where strpos(lower(name), lower(:wanted)) > 0;
