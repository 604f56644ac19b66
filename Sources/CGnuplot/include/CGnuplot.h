// gnuplot through gnuplot-iostream, behind a plain C face.
#pragma once
#ifdef __cplusplus
extern "C" {
#endif

/// Runs a script in a gnuplot of its own (in its own session, so that Ctrl-C does not reach it) and waits
/// for it. 0: done. 1: gnuplot is not installed. 2: it complained; the text is in `message`.
int ccv_gnuplot_run(const char *script, char *message, int message_size);

typedef struct ccv_gnuplot ccv_gnuplot;
/// A gnuplot that stays, for a window; NULL if it cannot be started.
ccv_gnuplot *ccv_gnuplot_open(void);
/// Sends text; 0 if it was taken, 1 if gnuplot is gone.
int ccv_gnuplot_send(ccv_gnuplot *gnuplot, const char *script);
void ccv_gnuplot_close(ccv_gnuplot *gnuplot);

#ifdef __cplusplus
}
#endif
