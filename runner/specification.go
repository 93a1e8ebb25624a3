package runner

// The parameters of the shell runners, in the order in which they are shown.

const localCommandParameters = `{
	"cmd": {"type": "string", "description": "Command to run."},
	"cwd": {"type": "string", "description": "Working directory; that of the engine if not given."},
	"env": {"type": "object", "description": "Environment variables."},
	"kwarg_op": {"type": "string", "default": "--", "description": "What stands before the names of arguments. Not used by commands."},
	"sudo": {"type": "boolean", "default": false, "description": "Run with the rights of the superuser."},
	"sudo_password": {"type": "string", "default": null, "secret": true, "required": false, "description": "Password for sudo."},
	"timeout": {"type": "integer", "default": 60, "description": "Seconds after which the command is ended."}
}`

const localScriptParameters = `{
	"content_version": {"type": "string", "description": "Revision of the pack's git repository to take the script from."},
	"cwd": {"type": "string", "description": "Working directory; that of the engine if not given."},
	"debug": {"type": "boolean", "default": false, "description": "Keep temporary files."},
	"env": {"type": "object", "description": "Environment variables."},
	"kwarg_op": {"type": "string", "default": "--", "description": "What stands before the names of arguments, such as - or --."},
	"sudo": {"type": "boolean", "default": false, "description": "Run with the rights of the superuser."},
	"sudo_password": {"type": "string", "default": null, "secret": true, "required": false, "description": "Password for sudo."},
	"timeout": {"type": "integer", "default": 60, "description": "Seconds after which the script is ended."}
}`

const remoteCommandParameters = `{
	"hosts": {"type": "string", "required": true, "description": "Hosts, separated by commas: names or addresses, each with an optional :port."},
	"cmd": {"type": "string", "description": "Command to run."},` + remoteParameters + `
	"dir": {"type": "string", "default": "/tmp", "immutable": true, "description": "Not used by commands."}
}`

const remoteScriptParameters = `{
	"hosts": {"type": "string", "required": true, "description": "Hosts, separated by commas: names or addresses, each with an optional :port."},` + remoteParameters + `
	"dir": {"type": "string", "default": "/tmp", "description": "Directory on the hosts that the script is copied to."}
}`

const remoteParameters = `
	"username": {"type": "string", "description": "User to log in as."},
	"password": {"type": "string", "secret": true, "description": "Password to log in with."},
	"private_key": {"type": "string", "secret": true, "description": "Private key to log in with: its text, or the path of its file."},
	"passphrase": {"type": "string", "secret": true, "description": "Passphrase of the private key."},
	"port": {"type": "integer", "default": 22, "description": "Port of hosts that are given without one."},
	"bastion_host": {"type": "string", "description": "Host to go through."},
	"cwd": {"type": "string", "default": "/tmp", "description": "Working directory."},
	"env": {"type": "object", "description": "Environment variables."},
	"kwarg_op": {"type": "string", "default": "--", "description": "What stands before the names of arguments. Not used by commands."},
	"parallel": {"type": "boolean", "default": false, "immutable": true, "description": "Use several hosts at once."},
	"sudo": {"type": "boolean", "default": false, "description": "Run with the rights of the superuser."},
	"sudo_password": {"type": "string", "default": null, "secret": true, "required": false, "description": "Password for sudo."},
	"timeout": {"type": "integer", "default": 60, "description": "Seconds after which the command is ended, for each host."},`

const httpRequestParameters = `{
	"url": {"type": "string", "required": true, "description": "URL to request."},
	"headers": {"type": "object", "description": "HTTP headers."},
	"cookies": {"type": "object", "description": "Cookies."},
	"allow_redirects": {"type": "boolean", "default": false, "description": "Follow redirects."},
	"http_proxy": {"type": "string", "description": "Proxy for http URLs."},
	"https_proxy": {"type": "string", "description": "Proxy for https URLs."},
	"username": {"type": "string", "description": "User of basic authentication."},
	"password": {"type": "string", "secret": true, "description": "Password of basic authentication."},
	"verify_ssl_cert": {"type": "boolean", "default": true, "description": "Refuse servers whose certificate is not valid."},
	"url_hosts_blacklist": {"type": "array", "items": {"type": "string"}, "description": "Hosts that must not be requested."},
	"url_hosts_whitelist": {"type": "array", "items": {"type": "string"}, "description": "The only hosts that may be requested."}
}`
