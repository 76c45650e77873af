-- What the scripts of a session share. KEYS[1] is the session's key: a base that ends with the hash tag, and the
-- SHA-256 of its identifier in 64 hexadecimal digits. The tag is the user's, so that the index of the user's
-- sessions is in the same slot of a cluster, though its key is known only from the session.
local base = string.sub(KEYS[1], 1, -65)

local function digits(number)
    return string.format('%.0f', number)
end

local function now_ms()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function index_of(user)
    return base .. 'user:' .. user
end

-- The end of a session that is active now; 0 means that there is no such limit.
local function deadline_of(now, idle, absolute)
    if idle == 0 then
        return absolute
    end
    if absolute == 0 then
        return now + idle
    end
    return math.min(now + idle, absolute)
end

-- Forget what has ended, and have the index end with its last session.
local function prune(index, now)
    redis.call('ZREMRANGEBYSCORE', index, '-inf', digits(now))
    local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
    if last[2] then
        redis.call('PEXPIREAT', index, digits(tonumber(last[2])))
    end
end

local function enter(session, user, now, deadline)
    redis.call('PEXPIREAT', session, digits(deadline))
    if user ~= '' then
        redis.call('ZADD', index_of(user), digits(deadline), string.sub(session, -64))
        prune(index_of(user), now)
    end
end

local function remove(session, user)
    if user ~= '' then
        redis.call('ZREM', index_of(user), string.sub(session, -64))
    end
    redis.call('DEL', session)
end
