// Delivery begins with the model, once, whether or not its tab is ever shown; pages only show.
export default () => {
  let bell = null;
  let board = null;
  const begin = (model) => {
    bell ??= new Bell(model);
    board ??= new Board(model);
  };
  return {
    initialize({ model }) {
      hears(model);
      begin(model);
    },
    render({ model, el: root }) {
      begin(model);
      const page = new AlertsPage(bell, board, root);
      return () => page.end();
    },
  };
};
