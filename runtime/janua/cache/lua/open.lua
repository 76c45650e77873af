-- ARGV: a new stamp, milliseconds. Makes the key where it is missing, or of an earlier run of the server's life, and
-- returns its value. Marks of that run are of transactions that have ended with it.
local value = redis.call('GET', KEYS[1])
if not value or is_older(value, ARGV[1]) then
    value = ARGV[1] .. ';h?'
    redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
end
return value
