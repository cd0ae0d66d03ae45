// Package resourcekit holds what two or more of the resource packages share:
// how they reach the directory, how Terraform values become Go values, the one
// form of a diagnostic, and what is remembered of a setting's former value.
package resourcekit
