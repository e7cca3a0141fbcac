"""What is done to many records on somebody's behalf: bulk changes, looked at before and taken back as one."""
