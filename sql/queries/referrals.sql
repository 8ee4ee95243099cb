-- name: cards()
-- The referral cards: those for some categories first, then those for all.
select id, who, place, phone, hours, url, map, categories from referral_cards
order by categories = '{}', created_at, id;

-- name: card(id)^
-- One of them.
select who, place, phone, hours, url, map from referral_cards where id = :id;

-- name: count_cards()$
-- How many there are.
select count(*) from referral_cards;

-- name: add_card(id, who, place, phone, hours, url, map, categories, now)!
-- A new card.
insert into referral_cards (id, who, place, phone, hours, url, map, categories, created_at)
values (:id, :who, :place, :phone, :hours, :url, :map, :categories, :now);

-- name: remove_card(id)^
-- Takes a card away; what was said with it stays said.
delete from referral_cards where id = :id returning id;
