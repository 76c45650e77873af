-- KEYS[1] is the index of a user's sessions. ARGV: how long the part of the key is that follows the hash tag; then
-- 'list' returns the sessions' fields, the SHA-256 of the identifier first and the longest-lived last; 'destroy' ends
-- all but the one with the SHA-256 that follows, and returns how many.
local base = string.sub(KEYS[1], 1, -tonumber(ARGV[1]) - 1)
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
local found, ended = {}, 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local stored = redis.call('HMGET', base .. member, 'user', 'data', 'version', 'created', 'seen', 'deadline')
    if ARGV[2] == 'destroy' and member ~= ARGV[3] then
        ended = ended + redis.call('DEL', base .. member)
    end
    if not stored[1] or (ARGV[2] == 'destroy' and member ~= ARGV[3]) then
        -- One that the server has evicted leaves the index, too.
        redis.call('ZREM', KEYS[1], member)
    else
        table.insert(stored, 1, member)
        table.insert(found, stored)
    end
end
if ARGV[2] == 'destroy' then
    return ended
end
return found
