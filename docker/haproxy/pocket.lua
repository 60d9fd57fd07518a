-- Forward authentication for HAProxy 2.6 or later: asks Pocket about each request of a protected site.
-- Copy it to /etc/haproxy/pocket.lua. POCKET_URL is the URL at which HAProxy reaches Pocket, such as http://127.0.0.1:1411.

local url = os.getenv("POCKET_URL") .. "/api/authz/forward-auth"

-- Headers that describe the connection or the body, and those that only the proxy may set.
local skipped = {
  ["connection"] = true,
  ["content-length"] = true,
  ["expect"] = true,
  ["host"] = true,
  ["keep-alive"] = true,
  ["te"] = true,
  ["transfer-encoding"] = true,
  ["upgrade"] = true,
  ["x-forwarded-for"] = true,
  ["x-forwarded-host"] = true,
  ["x-forwarded-method"] = true,
  ["x-forwarded-proto"] = true,
  ["x-forwarded-uri"] = true,
}

local function values_of(values)
  local list = {}
  for _, value in pairs(values) do
    list[#list + 1] = value
  end
  return list
end

core.register_action("pocket_authorize", { "http-req" }, function(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not skipped[name] then
      headers[name] = values_of(values)
    end
  end
  headers["x-forwarded-for"] = { txn.f:src() }
  headers["x-forwarded-proto"] = { "https" }
  headers["x-forwarded-host"] = { txn:get_var("txn.pocket_host") }
  headers["x-forwarded-method"] = { txn.f:method() }
  headers["x-forwarded-uri"] = { txn.f:pathq() }

  local response = core.httpclient():get({ url = url, headers = headers, timeout = 5000 })
  if response == nil or response.status == 0 then
    txn:done(txn:reply({ status = 503 }))
    return
  end
  if response.status == 200 then
    for name, values in pairs(response.headers) do
      txn:set_var("txn.pocket_" .. name:lower():gsub("-", "_"), values_of(values)[1] or "")
    end
    return
  end
  local reply = txn:reply({ status = response.status })
  for _, name in ipairs({ "location", "www-authenticate", "content-type", "content-security-policy", "cache-control" }) do
    if response.headers[name] then
      reply:add_header(name, values_of(response.headers[name])[1])
    end
  end
  reply:set_body(response.body or "")
  txn:done(reply)
end)
