package main

import (
	"encoding/json"
	"fmt"
	"slices"
)

// row is one line of the table that Terraform and a directory are needed for.
type row struct {
	name  string
	title string
	users int
	// plans is whether a plan is measured that finds nothing to do, after an
	// apply that is not; otherwise the first apply is.
	plans bool
	files map[string]string
	// throttled is whether the directory has the quotas of Microsoft Graph. The
	// floor is then the time that they allow the writes in, and one run is enough:
	// a new directory would be needed for another, and next to minutes of waiting
	// no noise counts.
	throttled bool
}

// largestFloor is the largest count of terraform_data resources: Terraform
// takes a minute to apply some thousands, and time that grows with the square.
const largestFloor = 2000

const header = `terraform {
  required_providers {
    entraid = { source = "tenantsettings/entraid" }
  }
}
`

// single manages each user by a resource of its own. An expression of for_each
// would be evaluated again for each of them.
func single(users int) map[string]string {
	return map[string]string{"main.tf": header + fmt.Sprintf(`
resource "entraid_user_password_never_expires" "user" {
  count   = %d
  user_id = format("00000000-0000-4000-8000-%%012d", count.index + 1)
}
`, users)}
}

// bulk manages all users by one resource, as a map: Terraform compares the
// elements of a list with each other.
func bulk(users int) map[string]string {
	texts := make(map[string]string, users)
	for _, id := range userIDs(users) {
		texts[id] = "service account"
	}
	// Strings always have a JSON form.
	content, _ := json.Marshal(texts)
	return map[string]string{"users.json": string(content), "main.tf": header + `
resource "entraid_users_password_never_expires" "users" {
  users = jsondecode(file("${path.module}/users.json"))
}
`}
}

// data is what Terraform does on its own.
func data(count int) map[string]string {
	return map[string]string{"main.tf": fmt.Sprintf("resource \"terraform_data\" \"floor\" {\n  count = %d\n}\n", count)}
}

// userIDs are the object ids of the users that a mock directory adds.
func userIDs(count int) []string {
	ids := make([]string, count)
	for i := range ids {
		ids[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)
	}
	return ids
}

// rows are those that are asked for, in the order of the table.
func (o options) rows() []row {
	var rows []row
	for _, users := range o.counts {
		rows = append(rows, row{name: fmt.Sprintf("plan-single-%d", users), users: users, plans: true, files: single(users),
			title: fmt.Sprintf("Plan, nothing changed, %s `entraid_user_password_never_expires`", grouped(users))})
	}
	for _, users := range o.counts {
		rows = append(rows, row{name: fmt.Sprintf("apply-single-%d", users), users: users, files: single(users),
			title: fmt.Sprintf("First apply of %s `entraid_user_password_never_expires`", grouped(users))})
	}
	for _, users := range o.counts {
		rows = append(rows, row{name: fmt.Sprintf("apply-bulk-%d", users), users: users, files: bulk(users),
			title: fmt.Sprintf("First apply of one `entraid_users_password_never_expires`, %s users", grouped(users))})
	}
	for _, users := range tenfold(o.counts) {
		rows = append(rows, row{name: fmt.Sprintf("plan-bulk-%d", users), users: users, plans: true, files: bulk(users),
			title: fmt.Sprintf("Plan, nothing changed, one `entraid_users_password_never_expires`, %s users", grouped(users))})
	}
	if o.throttle {
		rows = append(rows, row{name: fmt.Sprintf("apply-bulk-throttled-%d", throttledUsers), users: throttledUsers, files: bulk(throttledUsers), throttled: true,
			title: fmt.Sprintf("First apply of one `entraid_users_password_never_expires`, %s users, under the quotas of Microsoft Graph", grouped(throttledUsers))})
	}
	return slices.DeleteFunc(rows, func(r row) bool { return !o.wants(r.name) })
}

// throttledUsers are more than may be written at once.
const throttledUsers = 10000

// The writes that Microsoft Graph lets an application make at once, and those
// that it adds in a second.
const (
	writesAtOnce    = 3000
	writesPerSecond = 20
)

// quotaSeconds is the time that the quota allows so many writes in.
func quotaSeconds(writes int) float64 {
	return max(0, float64(writes-writesAtOnce)/writesPerSecond)
}

// tenfold adds ten times each count, so that growth shows.
func tenfold(counts []int) []int {
	all := slices.Clone(counts)
	for _, count := range counts {
		all = append(all, 10*count)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
