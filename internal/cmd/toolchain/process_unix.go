//go:build unix

package toolchain

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// group starts a child in a process group of its own: Ctrl-C at the terminal
// then reaches it once, through the context, and not a second time from the
// terminal, which Terraform would take for an order to drop everything.
func group(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = patience
}

// endGroup ends what a child left running, such as the provider of a Terraform
// that had to be killed.
func endGroup(command *exec.Cmd) error {
	if command.Process == nil {
		return nil
	}
	if err := syscall.Kill(-command.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
