// The end of the commands, and SIGTERM, while the endpoint waits for a peer.
#pragma once

// To be called once, before anything is opened.
void start_watcher();
