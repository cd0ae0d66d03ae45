// Package directory is the client of the directory administration APIs that
// hold a tenant's password settings: Microsoft Graph v1.0 for users, domains
// and policies, and the back end of the Entra admin center for the
// self-service password reset (SSPR) policy, which Graph does not have.
//
// The package is plain Go. It knows neither Terraform nor how a token is
// obtained: a [TokenSource] for each of the two services is handed in.
//
// # Layout
//
// A file for each thing of the API (users.go, domains.go,
// passwordresetpolicy.go, ...) holds its type, its JSON names and its calls.
// Below them lies one transport for all calls: request.go builds and sends,
// retry.go decides what is repeated and when, gate.go holds every request of
// the process back while the directory asks for it, authorize.go attaches the
// token and renews it once, error.go turns every kind of refusal into an
// [*Error]. consistency.go waits until a write can be read back.
package directory
