package mockdirectory

import "slices"

// Names of directory roles that decide about requests.
const (
	globalAdministrator               = "Global Administrator"
	authenticationPolicyAdministrator = "Authentication Policy Administrator"
	userAdministrator                 = "User Administrator"
	privilegedRoleAdministrator       = "Privileged Role Administrator"
	domainNameAdministrator           = "Domain Name Administrator"
	securityAdministrator             = "Security Administrator"
	securityReader                    = "Security Reader"
	globalReader                      = "Global Reader"
	reportsReader                     = "Reports Reader"
)

// roleTemplates are the ids under which tokens name directory roles.
var roleTemplates = map[string]string{
	globalAdministrator:                       "62e90394-69f5-4237-9190-012177145e10",
	authenticationPolicyAdministrator:         "0526716b-113d-4c15-b2c8-68e3c22b9f80",
	userAdministrator:                         "fe930be7-5e62-47db-91af-98c3a49a38b1",
	privilegedRoleAdministrator:               "e8611ab8-c189-46e8-94e1-60213ab1f814",
	domainNameAdministrator:                   "8329153b-31d0-4727-b945-745eb3bc5f31",
	securityAdministrator:                     "194ae4cb-b126-40b2-bd5b-6091b380977d",
	securityReader:                            "5d6b6bb7-de71-4623-b4af-96380a352509",
	globalReader:                              "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
	"Authentication Administrator":            "c4e39bd9-1100-46d3-8c65-fb160da0071f",
	"Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
	"Password Administrator":                  "966707d0-3269-4727-9be2-8c3a10f19b9d",
	"Helpdesk Administrator":                  "729827e3-9c14-49f7-bb1b-9608f156bbb8",
	"Groups Administrator":                    "fdd7a751-b60b-444a-984c-02652fe8fa1c",
	"Hybrid Identity Administrator":           "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
	"Directory Readers":                       "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
	reportsReader:                             "4a5d8f65-41da-4de4-8968-e035b65339cf",
}

// everyUserRole is in the tokens of all users.
const everyUserRole = "b79fbf4d-3ef9-4689-8143-76b194e85509"

func roleIDs(names []string) []string {
	ids := []string{everyUserRole}
	for _, name := range names {
		ids = append(ids, roleTemplates[name])
	}
	return ids
}

// mayWritePolicy says whether a role may write the whole password reset policy.
func mayWritePolicy(role string) bool {
	return role == globalAdministrator || role == authenticationPolicyAdministrator
}

// mayReadPolicy says whether a role may read the password reset policy.
func mayReadPolicy(role string) bool {
	return mayWritePolicy(role) || slices.Contains([]string{userAdministrator, securityAdministrator, securityReader, globalReader}, role)
}
