-- ARGV: idle lifetime in milliseconds or 0. Returns the session's fields as they are then, or nothing.
local stored = redis.call('HMGET', KEYS[1], 'user', 'absolute')
if not stored[1] then
    return false
end
local now = now_ms()
local deadline = deadline_of(now, tonumber(ARGV[1]), tonumber(stored[2]))
redis.call('HSET', KEYS[1], 'seen', digits(now), 'deadline', digits(deadline))
enter(KEYS[1], stored[1], now, deadline)
return redis.call('HMGET', KEYS[1], 'user', 'data', 'version', 'created', 'seen', 'deadline')
