-- ARGV: data, their version, and the version that they were made from, or '' for whichever. Returns 1; 0 where the
-- session has ended; -1 where another version is stored.
local version = redis.call('HGET', KEYS[1], 'version')
if not version then
    return 0
end
-- A repetition of the same command, whose answer was lost, finds its own version.
if ARGV[3] ~= '' and ARGV[3] ~= version and ARGV[2] ~= version then
    return -1
end
redis.call('HSET', KEYS[1], 'data', ARGV[1], 'version', ARGV[2])
return 1
