// Package mockdirectory is a made-up Microsoft Entra tenant that answers over https on this machine:
// sign-in, Microsoft Graph and the back end of the portal's password reset pages, all at one address.
// It keeps state, is strict about what it is sent, and writes down every request.
//
// # What is faithful
//
// Sign-in issues signed tokens for client secrets, certificates, federated assertions and refresh tokens,
// with the error numbers of Entra. What a request may do is decided by what its token carries alone:
// audience, tenant, expiry, permissions and directory roles.
//
// Graph has users, domains, groups, the organization, getByIds, the authorization policy, the authentication
// methods policy, the registration report and batches, with the default members, paging, filter limits, headers, error envelope and
// permissions that Microsoft documents. The portal has the password reset policy and the on-premises settings,
// with the headers and error documents that captures of the real service show.
//
// # What is assumed
//
// The real service's behaviour is not known, or only inferred, in these points:
//
//   - Domains: any days from 1 on are accepted, and null clears them (Tenant.StrictPasswordDays holds the admin
//     center's limits); unverified domains are refused in the words known from subdomains; federated domains show
//     both password members as null (Tenant.OmitFederatedPasswordMembers leaves them out); rootDomain of a root
//     is 404.
//   - Users: passwordPolicies is stored as sent (Tenant.CanonicalPasswordPolicies respells it), and an unknown flag
//     is refused unless the user already has it; synced users, guests and administrators may be written (Tenant.RefuseSyncedPasswordPolicies refuses the first); federated
//     users are refused in general words; users under restricted management are 403.
//   - Graph: messages for unknown and read-only properties, wrong types and empty bodies; the order of the checks;
//     User.ReadBasic.All refuses further members with 403; a filtered address over 2,048 characters is 400; lists
//     are ordered by id; $orderby knows userPrincipalName and displayName; a stale $skiptoken is
//     Directory_ExpiredPageToken; answers of a batch come in reverse order; the roles that read and write
//     authenticationMethodsPolicy; a delegated caller without a fitting directory role is 403.
//   - Registration report: it shows the state of the moment, though the real one lags, and leaves disabled users out;
//     pages are as long as those of users, and $select works; $filter takes only the members and operators that the
//     documentation names; administrators are those whose role is called so, and only
//     allowedToUseSSPR decides about them, with two methods and no questions; guests are treated as members; a method
//     counts for resetting a password while the policy enables it, a migrated tenant's toggles aside; push does not
//     count where one method is enough; no authentication method is turned off for multifactor authentication; the
//     system's preference is on, and preferred methods follow from the registered ones; nobody's is none.
//     A tenant is premium unless Tenant.WithoutPremiumLicense is set.
//   - Portal: success is 200 with true; a key beyond the known ones stays where a PUT leaves it out; incomplete
//     documents, wrong types and numbers out of range are 400 with the code InvalidArgument, other media types 415;
//     enabled for a group means exactly one group id; the list of groups stays as sent whatever it is enabled for;
//     a group's name is looked up at each read; rules across
//     several fields are off (Tenant.PortalEnforcesDocumentedRules, PortalMethodCountCheck); method toggles of a
//     migrated tenant are stored (Tenant.PortalIgnoresTogglesWhenMigrated drops them); users without a directory
//     role are 403; the on-premises settings need a role that may write; bodies for 405 and app tokens.
//   - Stale reads: a number of reads by id, and twice as many lists, still show the value before a write.
//   - Sign-in: every refresh token may be redeemed for Graph and for the portal; without a scope it is redeemed for
//     what it was last used for; the tools of Microsoft redeem each other's tokens.
//
// # Throttling
//
// Options.Throttle holds the callers of Graph to the quotas that Microsoft documents for an application in a tenant:
// resource units by the size of the tenant, writes, and requests for reports. Sign-in and the portal have none, nor
// does a batch itself, whose items are charged and refused singly. The quotas of an application across tenants and of
// a tenant across applications are left out, as a single application cannot reach them. Assumed are:
//
//   - Quotas start full and come back continuously, and the whole of one may be used at once.
//   - A request is charged once it has a valid token, a known path, the permission and known query options, whatever
//     comes of it afterwards.
//   - A refused request takes resource units, until 1.8 times the quota is used, but no write and no report.
//   - Retry-After is the time until the quota can pay for the same request again, if nobody else asks meanwhile.
//   - getByIds counts as no write. The headers that tell scope and reason come from the directory only, not from
//     reports. x-ms-throttle-priority has no effect.
//
// Without it there is no throttling unless a fault plans it or the directory is unkind.
//
// # Unkindness
//
// Options.Unkind is a seed that makes the directory what the real one is on a bad day. It throttles, with Retry-After
// in each known form and without; fails with 408, 500, 502, 503 and 504, in its own words, with a web page or with
// nothing; cuts connections and fails both before and after a write took effect; answers slowly, breaks answers off,
// with the announced length or as JSON alone; takes a token for expired until it gets another one; reports concurrency
// violations; puts empty pages before those of lists; answers with members in another order and with unknown ones.
// Items of a batch are throttled, unavailable or in conflict on their own. Writes are seen late: by up to two reads by
// id, also behind one that saw it already, and by up to four lists. The tenant's password reset policy has keys that no
// client knows, and a PUT that loses or changes one is refused.
//
// It is never so unkind as to say that something does not exist, which would be a lie. What happens to a request
// depends on the seed, the method, the path and how often that was asked before, so that it does not depend on what
// others ask meanwhile; that a token expires depends also on whether it was taken before. At most three requests in a
// row, of one method to one path, are in trouble. Times to wait are short, except for whole seconds and dates. The
// journal says what was done to each request, and the status that went out: 0 where the connection was cut.
//
// Assumed is that the portal throttles, fails and lags as Graph does, of which nothing is known; and that its token
// may be refused by the edge with 401 as well as behind it with 400. The authorization policy shows writes at once.
// Signing in is always kind: the libraries that do it pause for seconds before they repeat anything.
//
// # Ways in
//
// Start listens. New makes a directory that only Transport leads to, in process and on any clock. No other path leads
// to the tenant but the loopback interface, as everything under /_mock/ is open to whoever can connect.
package mockdirectory
