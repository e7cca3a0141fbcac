/** Whether keys belong to what the person writes, so that single-key shortcuts must stay silent. */
export const isTyping = element =>
  !!element?.closest?.('input:not([type=checkbox],[type=radio],[type=button],[type=submit]),textarea,select,[contenteditable]:not([contenteditable=false])');
