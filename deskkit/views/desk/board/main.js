// A function, called once per widget: anywidget gives `initialize` and `render` different faces of the same model.
export default () => {
  let board = null;
  return {
    initialize({ model }) {
      hears(model);
      board = new Board(model);
    },
    render({ model, el: root }) {
      board ??= new Board(model);
      const page = new BoardPage(board, root);
      return () => page.end();
    },
  };
};
