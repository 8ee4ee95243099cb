-- Why an expert answered the citizen directly (27).
alter table escalations add column answer_ground text;
