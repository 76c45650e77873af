-- ARGV: data, and the version that it was made from, or 0 for whichever. Returns 1; 0 where the session has ended;
-- -1 where another version is stored.
local version = redis.call('HGET', KEYS[1], 'version')
if not version then
    return 0
end
if ARGV[2] ~= '0' and ARGV[2] ~= version then
    return -1
end
redis.call('HSET', KEYS[1], 'data', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'version', 1)
return 1
