-- KEYS[2] is the key under the new identifier. Returns 1, or 0 where there is no session under the old one.
local stored = redis.call('HMGET', KEYS[1], 'user', 'deadline')
if not stored[1] then
    -- A repetition of the same command, whose answer was lost: nobody else knows the new identifier.
    return redis.call('EXISTS', KEYS[2])
end
redis.call('RENAME', KEYS[1], KEYS[2])
remove(KEYS[1], stored[1])
enter(KEYS[2], stored[1], now_ms(), tonumber(stored[2]))
return 1
